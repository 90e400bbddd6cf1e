package redact

import (
	"strings"
)

// context reports whether what stands around a name shows that a name of that
// kind is meant.
func (v *view) context(k kind, s string, from, end int, c class) bool {
	switch k {
	case aHost:
		return v.hostContext(s, from, end, c)
	case aUser:
		return v.userContext(s, from, end, c)
	case aDomain:
		return v.domainContext(s, from, end, c)
	}
	return true
}

func (v *view) hostContext(s string, from, end int, c class) bool {
	ahead, rest := s[:from], s[end:]
	whole := ahead == "" && rest == ""
	switch {
	case c == exact, whole && c == message:
		return true
	case strings.HasSuffix(ahead, `\\`) && !strings.HasSuffix(ahead, `:\\`), strings.HasSuffix(ahead, "//"):
		return true
	case strings.HasPrefix(rest, "$") && !wordAt(rest, 1):
		return true
	case strings.HasPrefix(rest, ".") && v.domainAt(rest[1:]):
		return true
	case strings.HasPrefix(rest, `\`) && v.accounts[fold(s[from:end])] && !strings.HasSuffix(ahead, `\`) && !strings.HasSuffix(ahead, "/") && !strings.HasSuffix(ahead, ":"):
		return true
	case len(ahead) >= 3 && strings.EqualFold(ahead[len(ahead)-3:], "CN=") && (rest == "" || strings.ContainsRune(`,>"+`, rune(rest[0]))):
		return !v.words[fold(s[from:end])]
	}
	if c == file && (ahead == "" || strings.HasSuffix(ahead, "/") || strings.HasSuffix(ahead, `\`)) && (rest == "" || strings.ContainsRune(`/\._- `, rune(rest[0]))) {
		folder := strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, `\`)
		return ahead == "" || folder || !evidenceWords[fold(s[from:end])]
	}
	if v.sourceAt(s[from:]) {
		return true
	}
	t := tail(ahead)
	return before[aHost].MatchString(t) || serviceAt.MatchString(t) || inPayload.MatchString(t) && (rest == "" || rest[0] == '"' || rest[0] == '<')
}

// domainAt reports whether a known domain begins a text.
func (v *view) domainAt(rest string) bool {
	labels := strings.SplitN(rest, ".", 21)
	for i := range labels {
		end := wordEnd(labels[i], 0)
		for end < len(labels[i]) && labels[i][end] == '-' {
			end = wordEnd(labels[i], end+1)
		}
		d := strings.Join(append(append([]string{}, labels[:i]...), labels[i][:end]), ".")
		if i > 0 && v.names[aDomain][fold(d)] != nil {
			return true
		}
		if end < len(labels[i]) {
			return false
		}
	}
	return false
}

// sourceAt reports whether the name of a file begins a text.
func (v *view) sourceAt(rest string) bool {
	for _, n := range v.lengths {
		if n <= len(rest) && v.sources[fold(rest[:n])] && !wordAt(rest, n) {
			return true
		}
	}
	return false
}

func (v *view) userContext(s string, from, end int, c class) bool {
	ahead, rest := s[:from], s[end:]
	switch {
	case c == person, c == message && ahead == "" && rest == "":
		return true
	case strings.HasSuffix(ahead, `\`):
		left := strings.TrimRight(ahead, `\`)
		start := len(left)
		for start > 0 && (wordByte(left[start-1]) || left[start-1] >= 0x80 || strings.ContainsRune("-_.", rune(left[start-1]))) {
			start--
		}
		if word := fold(left[start:]); word != "" && (v.accounts[word] || v.names[aDomain][word] != nil) {
			return true
		}
	case strings.HasPrefix(rest, "@"):
		if m := mail.FindStringSubmatchIndex(s[from:]); m != nil && m[2] == 0 {
			domain := fold(s[from+m[4] : from+m[5]])
			return v.names[aDomain][domain] != nil || v.mails[fold(s[from:from+m[5]])]
		}
	case len(ahead) >= 3 && strings.EqualFold(ahead[len(ahead)-3:], "CN=") && (rest == "" || strings.ContainsRune(`,>"+`, rune(rest[0]))):
		return true
	}
	t := tail(ahead)
	return inUsersAt.MatchString(t) || before[aUser].MatchString(t) || inPayload.MatchString(t) && (rest == "" || rest[0] == '"' || rest[0] == '<')
}

func (v *view) domainContext(s string, from, end int, c class) bool {
	ahead, rest := s[:from], s[end:]
	switch {
	case c == message && ahead == "" && rest == "":
		return true
	case strings.HasPrefix(rest, `\`) && len(rest) > 1 && (wordByte(rest[1]) || rest[1] == '\\' || rest[1] >= 0x80):
		return !strings.HasSuffix(ahead, `\`) && !strings.HasSuffix(ahead, "/") && !strings.HasSuffix(ahead, ":") || strings.HasSuffix(ahead, `\\`)
	case strings.HasSuffix(ahead, "@"):
		return true
	}
	t := tail(ahead)
	return before[aDomain].MatchString(t) || serviceAt.MatchString(t) || inPayload.MatchString(t) && (rest == "" || rest[0] == '"' || rest[0] == '<')
}
