package redact

import (
	"regexp"
	"strings"
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// vocabulary are words of the trade, by which hosts, folders and accounts are
// called and which reports and names of CAs hold in their own right.
var vocabulary = set(`
access account accounts active admin administrator agent alert all alpha analysis apache app appl application applications apps archive area array ascii audit
auth authority authroot auto backend backup base basic beta binary bindings blob blue book boot branch bridge build builder bundle business cache calendar cam
card case catalog center central centre cert certificate certificates certification certs chain change channel class client clients cloud cluster code collab
collector common communications communicator company computer computers config configuration connect connector console contact control controller copy core corp corporate
crypt crypto current custom customer cut data database date default delta demo deploy desk desktop dev develop development device diag digital direct directory
disallowed disk display dispatch distribution docs document documents domain download drive driver dump edge email enabled encoding engine enterprise entry error estate event events eventlog
eventlogs eventviewer evidence evtxecmd example exchange expected expired explorer export exports extended extension external extra fabric fail failed farm federation feed fields file files
filter find finding findings finance first folder for force forest format found free front frontend full function gateway general global gold green group guard guest hardware
headroom health help high home host hosting hosts html http hub hybrid image import inbox index info information informational infra infrastructure input install
int intern internal internet intranet invoice issuer issuers item jobs kernel key keys lab lan language laptop large last latest ldap level library license life light limit line link linux
list lists load local localmachine location log logon logs long low lync machine mail mailbox main manage management manager map master match max maximum media
meeting member memory message messages meta micro microsoft middle min mobile mode model monitor monitoring name names native net network news next node none normal north note notes
number object office offline old one online open operations oracle order origin other outlook output over owner pack page panel part partner partners pass password patch path peer people
permission personal phone physical pilot ping plan platform point policies policy pool portal powershell premium pre present preview primary print printer private probe process prod product production profile
program programme project proof property protected protocol provider proxy public query queue quick radius raw read reader ready real record records recovery red reg region registry
release remote replica report reports repository request required research reserve resource response rest result results risk role roles root roots router rule rules runtime safe sales sample
samples scan scenario schannel schedule schema school screen script search second secondary secret secure security sent server servers service services session set settings setup share shared
sharepoint short sign signature silver simple site sites size skype small smart smartcard smtp snapshot software some source sources south special sql staff stage staging standard start state static station status
storage store stores stream strict study style sub subject support switch sync system systems table target task tasks team tech technical temp template terminal test testing text third time timestamp tool tools
total trace traffic training transfer transport trust trusted trustedpeople trustedpublisher type under unified unit universal unknown update updates upgrade upload user users valid value values vault
vector vectors vendor verify version video view viewer virtual voice vpn wan warehouse warning watch web webapp webmail west who win window windows wireless work workflow worker workgroup workstation world write zone
aussteller benutzer dienst dienste ereignis ereignisse anwendung anwendungen datei dateien netz netzwerk rechner sicherheit speicher stamm system systeme verwaltung zertifikat zertifikate
critical high medium low info pass fail notchecked notapplicable yes no assumed documented inferred stated content lenient certain likely confirmed probable possible unlikely undetermined silent against
`)

// evidenceWords say what a file holds, so they are no name of a host in the
// middle of a path.
var evidenceWords = set(`root ca my authroot system application security setup disallowed clientauthissuer events eventlog schannel registry certs stores enterprise policies`)

// technical are names of algorithms, versions and encodings.
var technical = regexp.MustCompile(`^(tls|ssl|sha|md|rsa|aes|des|rc|ecdsa|ec|kb|sp|utf|ucs|base|crc|x|v|dh|pkcs|rfc|iso|http|windows|win|class|level|version|event|id|code|record|line|certificate|ca|root|p|r|g)[-_. ]?[0-9]+([-_. ][0-9]+)*[a-z]?$`)

// nobody are accounts, machines and placeholders that name nobody in particular.
var nobody = func() map[string]bool {
	m := set(`- -- — n/a none null (null) nil unknown unbekannt localhost localdomain administrator administrators administrateur administrador guest gast invité system systems service dienst krbtgt
		defaultaccount wdagutilityaccount public default everyone jeder self user users username account anonymous everybody nobody root true false yes no 0 1 * . .. ? %1 %2 %3 %4 computer computername server
		client host hostname domain workgroup arbeitsgruppe name local remote the a an this that is was not of and or for to by with on in at as it its`)
	for _, s := range []string{"local service", "network service", "anonymous logon", "default user", "all users", "nt authority", "nt-autorität", "lokaler dienst", "netzwerkdienst", "local system", "localsystem"} {
		m[s] = true
	}
	return m
}()

// notAccounts stand before a backslash and are no domain.
var notAccounts = set(`root localmachine currentuser currentservice services users hklm hkcu hku hkcr hkcc hkey_local_machine hkey_current_user hkey_users hkey_classes_root hkey_current_config software system
	sam security hardware bcd microsoft windows system32 syswow64 drivers device driver registry machine user authority nt builtin vordefiniert apppool service iis win32 program files programdata
	swd pci usb hid acpi hdaudio usbstor scsi bth bthenum sw display ide storage umb htree fdc lptenum pcmcia terminput_bus systemroot globalroot pipe volume harddiskvolume
	currentversion currentcontrolset control policies systemcertificates protocols schannel enterprisecertificates cryptography my ca authroot disallowed clientauthissuer certificates manager host dwm umfd
	classes parameters sslbindinginfo tracing temp tmp bin etc lib inetpub winnt azuread microsoftaccount workgroup`)

// publicDomains are domains that name no customer: those of vendors and of
// public CAs.
var publicDomains = set(`microsoft.com windows.com windows.net windowsupdate.com msftncsi.com live.com office.com office365.com outlook.com hotmail.com msn.com azure.com azure.net microsoftonline.com onmicrosoft.com skype.com lync.com
	gmail.com google.com googleapis.com yahoo.com apple.com icloud.com adobe.com intel.com oracle.com mozilla.org ietf.org rfc-editor.org w3.org iana.org github.com wikipedia.org openssl.org ccadb.org
	verisign.com digicert.com symantec.com symauth.com thawte.com geotrust.com rapidssl.com entrust.net entrust.com globalsign.com globalsign.net godaddy.com starfieldtech.com comodo.com comodoca.com sectigo.com usertrust.com
	letsencrypt.org lencr.org amazon.com amazontrust.com pki.goog quovadisglobal.com swisssign.com swisssign.net certum.pl izenpe.com netlock.hu e-szigno.hu sk.ee anf.es globaltrust.info posta.rs evincible.com accv.es
	camerfirma.com firmaprofesional.com harica.gr trustcentre.co.za telesec.de d-trust.net buypass.no identrust.com ssl.com trustwave.com certigna.fr keynectis.com startcom.org startssl.com wosign.com cfca.com.cn`)

// privateEnds are last labels that no public name has.
var privateEnds = set("local lan internal intra intranet corp localdomain")

// longEnds are top-level domains of more than six letters.
var longEnds = set("example invalid company network systems digital global solutions services international technology")

// extensions are those of files, which look like top-level domains.
var extensions = set(`csv reg sst p7b p7c p7m cer crt der pem pfx p12 key crl stl txt log evt evtx xml json yaml yml zip cab gz tar exe dll sys drv ocx cpl msi msp ps1 psm1 bat cmd vbs js jse inf ini cfg conf config dat db mdb
	edb pst ost doc docx xls xlsx ppt pptx pdf htm html md rtf png jpg jpeg gif bmp ico tmp bak old hiv hive aspx asp php svc asmx mui etl cat pnf lnk url manifest man go py sh so lib jar class java net`)
