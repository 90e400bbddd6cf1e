package redact

import (
	"regexp"
	"strings"
)

// Labels after which a message names somebody or something, in the languages in
// which logs are met most.
const (
	userLabels = `(?:(?:subject|target|caller|new|client|supplied|sam|source|logon|run[ -]?as|impersonated|on behalf of)[ _]?)?(?:account|user)[ _]?(?:name|principal name)?|upn|owner|login|logon id name|display name|` +
		`benutzer(?:name)?|kontoname|anmeldename|nom du compte|nom d['’]utilisateur|utilisateur|compte|nombre de (?:cuenta|usuario)|usuario|cuenta|nome (?:account|utente|da conta)|utente|usuário|accountnaam|gebruiker(?:snaam)?|имя пользователя|пользователь|учетная запись|security id|sicherheits-id`
	domainLabels = `(?:(?:subject|target|caller|account|user|logon|primary|client|supplied)[ _]?)?(?:domain|realm)[ _]?(?:name)?|(?:konto)?domäne|kontodomäne|domaine(?: du compte)?|dominio(?: de cuenta| account)?|домен`
	hostLabels   = `(?:(?:source|remote|target|client|caller|subject|from|destination|dest|peer)[ _]?)?(?:workstation|computer|machine|server|host|dns host|netbios|node)[ _]?(?:name)?|client|peer|` +
		`arbeitsstation(?:sname)?|computername|rechner(?:name)?|quellarbeitsstation|nom (?:de la station de travail|d['’]ordinateur)|ordinateur|nombre de (?:estación de trabajo|equipo)|equipo|nome (?:workstation|computer)|имя рабочей станции|компьютер`
)

// What a label, a colon and a value look like, and the same in the payload of an
// event as XML or as JSON has it.
var (
	labelled = map[kind]*regexp.Regexp{
		aUser:   regexp.MustCompile(`(?im)(?:^|[^\pL\pN_])(?:` + userLabels + `)\s*[:=][ \t]*["'<]?([^\r\n\t"<>,;|]+)`),
		aDomain: regexp.MustCompile(`(?im)(?:^|[^\pL\pN_])(?:` + domainLabels + `)\s*[:=][ \t]*["'<]?([^\r\n\t"<>,;|]+)`),
		aHost:   regexp.MustCompile(`(?im)(?:^|[^\pL\pN_])(?:` + hostLabels + `)\s*[:=][ \t]*["'<]?([^\r\n\t"<>,;|]+)`),
	}
	payload = regexp.MustCompile(`(?:"@Name":"(\w+)","#text":"([^"]+)")|(?:Name="?'?(\w+)"?'?>([^<]+)<)`)
	member  = map[kind]*regexp.Regexp{
		aUser:   regexp.MustCompile(`(?i)^(?:` + userLabels + `)$`),
		aDomain: regexp.MustCompile(`(?i)^(?:` + domainLabels + `)$`),
		aHost:   regexp.MustCompile(`(?i)^(?:` + hostLabels + `)$`),
	}
	// before matches the end of what stands before a name that is meant as one.
	before = map[kind]*regexp.Regexp{
		aUser:   regexp.MustCompile(`(?i)(?:^|[^\pL\pN_])(?:` + userLabels + `)\s*[:=]\s*["'<]?$`),
		aDomain: regexp.MustCompile(`(?i)(?:^|[^\pL\pN_])(?:` + domainLabels + `)\s*[:=]\s*["'<]?$`),
		aHost:   regexp.MustCompile(`(?i)(?:^|[^\pL\pN_])(?:(?:` + hostLabels + `)\s*[:=]\s*["'<]?|(?:host|computer|server|machine|called|workstation|peer) ["“„'])$`),
	}
	inPayload = regexp.MustCompile(`(?:"#text":"|Name="?'?\w+"?'?>)$`)

	inUsers   = regexp.MustCompile(`(?i)(?:[\\/]|%5c|%2f)(?:users|documents and settings|benutzer|utilisateurs|usuarios)(?:[\\/]+|%5c|%2f)([^\\/%:*?"<>|\r\n]+?)(?:[\\/]|%5c|%2f|$|["'<>|,;:)\]\r\n])`)
	inUsersAt = regexp.MustCompile(`(?i)(?:[\\/]|%5c|%2f|^)(?:users|documents and settings|benutzer|utilisateurs|usuarios)(?:[\\/]+|%5c|%2f)$`)
	unc       = regexp.MustCompile(`(?:^|[^\\\pL\pN:])\\\\(?:\\\\)?([\pL\pN][\pL\pN._-]*)(?:\\|$|[^\\\pL\pN._-])`)
	account   = regexp.MustCompile(`(?:^|[\s"'(<>=,;\[:])([\pL\pN][\pL\pN.-]{0,62})\\{1,2}([\pL\pN_][\pL\pN._$-]{0,62})(?:$|[^\\\pL\pN._$-])`)
	mail      = regexp.MustCompile(`([\pL\pN][\pL\pN._%+$-]{0,63})@([\pL\pN](?:[\pL\pN-]*[\pL\pN])?(?:\.[\pL\pN](?:[\pL\pN-]*[\pL\pN])?)+)`)
	service   = regexp.MustCompile(`(?i)(?:^|[^\pL\pN])(?:` + serviceClasses + `)/([\pL\pN][\pL\pN.-]*)`)
	serviceAt = regexp.MustCompile(`(?i)(?:^|[^\pL\pN])(?:` + serviceClasses + `)/$`)
	address   = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://(?:[^@/\s]*@)?([\pL\pN][\pL\pN.-]*)`)
	dotted    = regexp.MustCompile(`[\pL\pN_](?:[\pL\pN_-]*[\pL\pN])?(?:\.[\pL\pN_](?:[\pL\pN_-]*[\pL\pN])?)+`)
	chain     = regexp.MustCompile(`(?i)(?:^|[^\pL\pN])(DC=[^,+=<>"\s]+(?:,\s*DC=[^,+=<>"\s]+)+)`)
	entryUser = regexp.MustCompile(`(?i)CN=([^,+=<>"]+),\s*(?:OU=|CN=Users,)`)
	entryHost = regexp.MustCompile(`(?i)CN=([^,+=<>"\s]+),\s*(?:CN=Computers,|CN=Servers,|OU=Domain Controllers,)`)
	common    = regexp.MustCompile(`(?i)(?:^|,\s*)CN=([^,+=<>"]+)`)
)

const serviceClasses = `host|http|https|termsrv|ldap|mssqlsvc|cifs|wsman|restrictedkrbhost|gc|dns|exchange(?:mdb|rfr|ab)|smtp|smtpsvc|imap|imap4|pop|pop3|sip|rpc|nfs|ftp|hyper-v replica service`

// firstOf returns the value of a label: the whole of a short line of names, such
// as a display name, else its first word.
func firstOf(value string, several bool) string {
	value = strings.TrimSpace(strings.Trim(strings.TrimSpace(value), `"'`))
	if i := strings.Index(value, "  "); i >= 0 {
		value = value[:i]
	}
	words := strings.Fields(value)
	if len(words) == 0 {
		return ""
	}
	if several && len(words) <= 3 && !strings.ContainsAny(value, `:=()[]{}\@`) {
		capital := true
		for _, w := range words {
			capital = capital && strings.ToUpper(w[:1]) == w[:1]
		}
		if capital {
			return strings.TrimRight(value, ".")
		}
	}
	return strings.TrimRight(words[0], ".:)'\"]}")
}

// namedValues are registry values that hold a name.
var namedValues = map[kind]map[string]bool{
	aHost:   set("computername activecomputername hostname nvhostname servername logonserver machinename fqdn dnshostname srvcomment lastcomputername"),
	aDomain: set("domain nvdomain dhcpdomain icsdomain defaultdomainname altdefaultdomainname cacheprimarydomain primarydomain primarydomainname machinedomain userdomain userdnsdomain dnsdomain dnsdomainname domainname dynamicsitename searchlist dhcpdomainsearchlist domaindnsname dnsforestname forestname"),
	aUser:   set("defaultusername altdefaultusername lastloggedonuser lastloggedonsamuser lastloggedondisplayname lastusedusername username registeredowner objectname owner useraccount runas samaccountname displaynameofuser"),
}
