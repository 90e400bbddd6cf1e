package eventlog

import (
	"slices"
	"strings"
)

// months are the abbreviated names of the months in the cultures that Windows
// writes dates of, in lower case and without a full stop. A name is found by
// its language's abbreviation or by anything longer that begins with it, so
// that full names need no table. No abbreviation means two months.
var months = [12][]string{
	{"jan", "janv", "ene", "gen", "sty", "янв", "oca", "led", "tammi"},
	{"feb", "févr", "fév", "fev", "lut", "фев", "şub", "úno", "helmi"},
	{"mar", "mär", "mars", "mrz", "mrt", "maart", "márc", "мар", "bře", "maalis"},
	{"apr", "avr", "abr", "kwi", "апр", "ápr", "nis", "dub", "huhti"},
	{"may", "mai", "maj", "mei", "mag", "май", "мая", "máj", "kvě", "touko"},
	{"jun", "juin", "giu", "cze", "июн", "jún", "haz", "čvn", "červen", "kesä"},
	{"jul", "juil", "lug", "lip", "июл", "júl", "tem", "čvc", "červenec", "heinä"},
	{"aug", "août", "ago", "sie", "авг", "ağu", "srp", "elo"},
	{"sep", "sept", "set", "wrz", "сен", "szept", "eyl", "zář", "syys"},
	{"oct", "okt", "out", "ott", "paź", "окт", "eki", "říj", "loka"},
	{"nov", "lis", "ноя", "kas", "marras"},
	{"dec", "dez", "déc", "dic", "gru", "дек", "ara", "pro", "joulu", "des"},
}

// monthByName returns the number of a month, or 0.
func monthByName(text []byte) int {
	word := strings.ToLower(string(text))
	best, found := 0, 0
	for i, names := range months {
		for _, name := range names {
			// The longest fits best: "marras" is November in Finnish, and not
			// a March of whatever language.
			if len(name) > best && strings.HasPrefix(word, name) {
				best, found = len(name), i+1
			}
		}
	}
	return found
}

// The words for the halves of the day, in lower case, without full stops.
var (
	mornings   = []string{"am", "上午", "午前", "오전", "sa", "πμ", "ص", "de", "dop", "pd"}
	afternoons = []string{"pm", "下午", "午後", "오후", "ch", "μμ", "م", "du", "odp", "md"}
)

func halfByName(text []byte) int {
	if len(text) == 2 && text[1]|0x20 == 'm' {
		switch text[0] | 0x20 {
		case 'a':
			return morning
		case 'p':
			return afternoon
		}
	}
	word := strings.ToLower(strings.ReplaceAll(string(text), ".", ""))
	switch {
	case slices.Contains(mornings, word):
		return morning
	case slices.Contains(afternoons, word):
		return afternoon
	}
	return noHalf
}

// filler reports whether a word beside a time says nothing of it.
func filler(text []byte) bool {
	return slices.Contains([]string{"日", "г", "ч", "um", "uhr", "kl", "klo", "à", "at"}, strings.ToLower(string(text)))
}
