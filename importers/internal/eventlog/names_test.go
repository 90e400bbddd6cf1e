package eventlog

import "testing"

func TestNames(t *testing.T) {
	for name, want := range map[string]Field{
		"Level": Level, "date AND time": Time, "Event ID": ID, "Ereignis-ID": ID, "イベント ID": ID, "ID de l’événement": ID, "ID de l'événement": ID,
		"Identificação do Evento": ID, "Źródło": Provider, "電腦": Computer, "Log": Log, "Log Name": NoField, "Description": NoField, "EventID": NoField,
	} {
		if got := Column(name); got != want {
			t.Errorf("column %q is %d, want %d", name, got, want)
		}
	}
	for name, want := range map[string]Field{
		"Log Name": Log, "Protokollname": Log, "Nom du journal ": Log, "Event Source": Provider, "Beschreibung": Message, "Time": Clock, "Date and Time": NoField,
	} {
		if got := Label(name); got != want {
			t.Errorf("label %q is %d, want %d", name, got, want)
		}
	}
	if Channel("system") != "System" || Channel("Contoso/Admin") != "Contoso/Admin" {
		t.Error("the names of logs are not spelt as Windows does")
	}
}
