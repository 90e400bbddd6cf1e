package eventlog

import (
	"strings"
	"sync"
)

// A Field is what a column of Event Viewer, or a label of its details, holds.
type Field uint8

// The fields.
const (
	NoField Field = iota
	Level
	Time
	Provider
	ID
	Category
	Keywords
	User
	Computer
	Log
	Message
	Clock // the time of day where the date stands alone
)

// Column returns what Event Viewer's column of that name holds, in whatever
// language, or NoField. Case and the kinds of apostrophe and space do not
// matter.
func Column(name string) Field { return columns()[Fold(name)] }

// Label returns what stands behind that label, without its colon, in the
// details that Event Viewer copies as text, or NoField.
func Label(name string) Field { return labels()[Fold(name)] }

// Fold returns a name in the form in which names are compared.
func Fold(name string) string {
	name = strings.ToLower(strings.TrimSpace(strings.Map(func(r rune) rune {
		switch r {
		case 0x2019, 0x02BC:
			return '\''
		case 0xA0, 0x202F:
			return ' '
		case 0x200E, 0x200F, 0xFEFF:
			return -1
		}
		return r
	}, name)))
	return name
}

// A language is what Event Viewer calls its columns and labels. Alternatives
// are separated by a bar.
type language struct {
	level, dateAndTime, source, eventID, category, keywords string
	computer                                                string
	// Only among the details: the log's name, the date, the user and the text.
	logName, date, user, description string
}

// languages are the names by language. The columns are those of real exports
// or of Microsoft's help for en, de, ja and pt-BR, and in part for zh, it, pl,
// nl, tr and fr; those of es, pt, ru, ko, cs, sv and hu are not verified, nor
// are most labels. A name that is wrong here is not found and does no harm: an
// export in another language is known by its structure.
var languages = []language{
	{"Level", "Date and Time", "Source", "Event ID", "Task Category", "Keywords", "Computer", "Log Name", "Date", "User", "Description"},
	{"Ebene", "Datum und Uhrzeit", "Quelle", "Ereignis-ID", "Aufgabenkategorie", "Schlüsselwörter", "Computer", "Protokollname", "Datum", "Benutzer", "Beschreibung"},
	{"レベル", "日付と時刻", "ソース", "イベント ID", "タスクのカテゴリ", "キーワード", "コンピューター|コンピュータ", "ログの名前", "日付", "ユーザー|ユーザ", "説明"},
	{"Nível", "Data e Hora", "Fonte", "Identificação do Evento", "Categoria da Tarefa", "Palavras-chave", "Computador", "Nome do Log", "Data", "Usuário", "Descrição"},
	{"级别", "日期和时间", "来源", "事件 ID", "任务类别", "关键字", "计算机", "日志名称", "日期", "用户", "描述"},
	{"層級", "日期和時間", "來源", "事件識別碼", "工作類別", "關鍵字", "電腦", "記錄檔名稱", "日期", "使用者", "描述"},
	{"Livello", "Data e ora", "Origine", "ID evento", "Categoria attività", "Parole chiave", "Computer", "Nome registro", "Data", "Utente", "Descrizione"},
	{"Poziom", "Data i godzina", "Źródło", "Identyfikator zdarzenia", "Kategoria zadania", "Słowa kluczowe", "Komputer", "Nazwa dziennika", "Data", "Użytkownik", "Opis"},
	{"Niveau", "Datum en tijd", "Bron", "Gebeurtenis-id", "Taakcategorie", "Trefwoorden", "Computer", "Logboeknaam", "Datum", "Gebruiker", "Beschrijving"},
	{"Düzey", "Tarih ve Saat", "Kaynak", "Olay Kimliği", "Görev Kategorisi", "Anahtar sözcükler", "Bilgisayar", "Günlük Adı", "Tarih", "Kullanıcı", "Açıklama"},
	{"Niveau", "Date et heure", "Source", "ID de l'événement", "Catégorie de la tâche", "Mots clés", "Ordinateur", "Nom du journal|Journal", "Date", "Utilisateur", "Description"},
	{"Nivel", "Fecha y hora", "Origen", "Id. del evento|Id. de evento", "Categoría de la tarea", "Palabras clave", "Equipo", "Nombre de registro", "Fecha", "Usuario", "Descripción"},
	{"Nível", "Data e Hora", "Origem", "ID do Evento", "Categoria de Tarefa", "Palavras-chave", "Computador", "Nome de Registo", "Data", "Utilizador", "Descrição"},
	{"Уровень", "Дата и время", "Источник", "Код события", "Категория задачи", "Ключевые слова", "Компьютер", "Имя журнала", "Дата", "Пользователь", "Описание"},
	{"수준", "날짜 및 시간", "원본", "이벤트 ID", "작업 범주", "키워드", "컴퓨터", "로그 이름", "날짜", "사용자", "설명"},
	{"Úroveň", "Datum a čas", "Zdroj", "ID události", "Kategorie úlohy", "Klíčová slova", "Počítač", "Název protokolu", "Datum", "Uživatel", "Popis"},
	{"Nivå", "Datum och tid", "Källa", "Händelse-ID", "Aktivitetskategori", "Nyckelord", "Dator", "Loggnamn", "Datum", "Användare", "Beskrivning"},
	{"Szint", "Dátum és idő", "Forrás", "Eseményazonosító", "Feladatkategória", "Kulcsszavak", "Számítógép", "Naplónév", "Dátum", "Felhasználó", "Leírás"},
}

// moreColumns and moreLabels are names that only some views or versions have.
// Those of 2003 are in English.
var (
	moreColumns = map[string]Field{"Log": Log, "User": User, "Usuário": User, "Benutzer": User}
	moreLabels  = map[string]Field{
		"Event Type": Level, "Event Source": Provider, "Event Category": Category, "Time": Clock,
	}
)

var columns = sync.OnceValue(func() map[string]Field {
	m := map[string]Field{}
	for _, l := range languages {
		add(m, l.dateAndTime, Time)
		l.addCommon(m)
	}
	for name, f := range moreColumns {
		add(m, name, f)
	}
	return m
})

var labels = sync.OnceValue(func() map[string]Field {
	m := map[string]Field{}
	for _, l := range languages {
		add(m, l.logName, Log)
		add(m, l.date, Time)
		add(m, l.user, User)
		add(m, l.description, Message)
		l.addCommon(m)
	}
	for name, f := range moreLabels {
		add(m, name, f)
	}
	return m
})

func (l language) addCommon(m map[string]Field) {
	add(m, l.level, Level)
	add(m, l.source, Provider)
	add(m, l.eventID, ID)
	add(m, l.category, Category)
	add(m, l.keywords, Keywords)
	add(m, l.computer, Computer)
}

func add(m map[string]Field, names string, f Field) {
	for name := range strings.SplitSeq(names, "|") {
		m[Fold(name)] = f
	}
}
