package reports

// notes are the rows that every report has. What is not documented is said to
// be so; nothing here is known from anywhere but the sources that are named.
var notes = []note{
	{topicGlossary, "trusted issuer list", "The list of authorities that Schannel sends in the TLS CertificateRequest when it asks for a client certificate, so that the client can choose one. KB 2464556 calls it a certificate trust list (CTL).", "KB 2464556\nRFC 5246 section 7.4.4"},
	{topicGlossary, "CTL, certificate trust list", "Properly a signed PKCS #7 object that lists certificates by their hash, such as authroot.stl. It is not what Schannel sends.", "wincrypt.h"},
	{topicGlossary, "name, subject", "What the list holds of a certificate is its subject, not the certificate: the DER of the distinguished name, behind two bytes of length.", "RFC 5246 section 7.4.4"},
	{topicGlossary, "DER", "The one binary form that ASN.1 data is signed in. The bytes of a name are counted in it.", "RFC 5246 section 7.4.4"},
	{topicGlossary, "thumbprint", "The SHA-1 digest of a whole certificate, as Windows shows it. Roots are compared by it and not by name: two certificates can bear one name.", "KB 293781"},
	{topicGlossary, "store, physical store", "Trusted Root of a computer is put together from physical stores: .Default (the registry), AuthRoot (third-party roots), GroupPolicy, Enterprise (published in Active Directory) and SmartCard.", "KB 2801679\nKB 4560600\nwincrypt.h"},
	{topicGlossary, "EKU", "Extended key usage: the purposes of a certificate. They stand in the certificate, in property 9 that the store keeps beside it, or in both; then both must allow a purpose. A certificate is in the list if client authentication is allowed.", "KB 2801679\nwincrypt.h"},
	{topicGlossary, "ClientAuthIssuer", "The store Client Authentication Issuers. From Windows Server 2012 on it feeds the list if it is not empty and the binding names no other store.", "What's new in TLS/SSL (Schannel SSP)"},
	{topicGlossary, "SendTrustedIssuerList", "The registry value that says whether the list is sent: by default it is up to Windows Server 2008 R2, and is not from Windows Server 2012 on.", "TLS registry settings"},
	{topicGlossary, "root programme", "Microsoft's list of roots (authroot.stl). It disables some roots or restricts them (properties 104, 122, 126 and 127); Windows before Windows 10 takes no notice of that.", "Microsoft Trusted Root Program release notes\nwincrypt.h"},
	{topicGlossary, "mixed store", "A Trusted Root that holds a certificate whose issuer is not its subject. From Windows Server 2012 on only such certificates are then sent, so that one misplaced certificate replaces the whole list.", "What's new in TLS/SSL (Schannel SSP)\nKB 2802568"},

	{topicTexts, "Windows Server 2012 and later", `KB 2464556 says that Windows Server 2012 and later "does not support the Schannel CTL functionality"; What's new in TLS/SSL says that the limit of 16 KB remains as it was in Windows Server 2008 R2. Both are cited: the list is measured against 16,384 bytes, and whether it is sent at all is judged by SendTrustedIssuerList.`, "KB 2464556\nWhat's new in TLS/SSL (Schannel SSP)"},
	{topicTexts, "Windows 8 and Windows Server 2012", "A Trusted Root of more than 16 KB breaks client authentication whatever SendTrustedIssuerList says; method 3 is no fix there.", "KB 2880390"},
	{topicTexts, "limit of Windows Server 2003", "12,288 bytes (0x3000) as released, 16,384 (0x4000) with Service Pack 1 or with Service Pack 2 and the hotfix. KB 933430 prints 12,228 for 0x3000, which is 12,288; KB 2464556 names the hotfix once as KB 933940 and lists KB 933430.", "KB 2464556\nKB 933430"},
	{topicTexts, "method 2", `KB 2464556 says that only the Enterprise store stays trusted. The flag (ProtectedRoots Flags, 0x8) shuts AuthRoot alone; .Default, GroupPolicy, Enterprise and SmartCard stay.`, "KB 2464556\nwincrypt.h"},
	{topicTexts, "required roots", "Expired ones are needed too: what was signed before they expired is checked by them. Some are disabled by Microsoft's own root programme; that changes nothing here.", "KB 293781"},

	{topicLimits, "what is judged", "The exports, as of the date that is given, and not the machine. A file that was not read whole, or a store that was not collected, makes what depends on it unknown and never in order.", ""},
	{topicLimits, "exports without properties", "A .p7b or .cer holds no properties of the store, so that whether a root is trusted for client authentication is assumed from its own EKU and from the root programme. An .sst or a .reg of SystemCertificates tells.", "wincrypt.h"},
	{topicLimits, "event logs", "That event 36885 is absent means something only if EventLogging has bit 2 (warnings) and a System log was read whole; the log covers the time from its first to its last event.", "KB 260729"},
	{topicLimits, "passwords", "Sheets are protected without a password, against accidents alone. The digest in manifest.json shows whether a report was changed.", ""},

	{topicUndecided, "2-byte lengths", "Whether the limit counts the two bytes before each name is not documented. The least size leaves them out, the expected and the greatest size count them.", ""},
	{topicUndecided, "equal names", "Whether a name that two certificates share is sent once or twice is not documented. The expected size counts it once, the greatest size as often as it occurs.", ""},
	{topicUndecided, "CN=NT AUTHORITY", "It is added where the program that listens uses the system mapper; the exports do not tell. The greatest size counts its 27 bytes.", "What's new in TLS/SSL (Schannel SSP)"},
	{topicUndecided, "which names are cut", "The order of the list is not documented. Places in the list are simulated, in the order of the files and in that of thumbprints, and are no findings.", "KB 2801679\nKB 2880390"},
	{topicUndecided, "expired roots", "That Schannel leaves them out is not documented: they are counted as assumed-yes.", ""},
	{topicUndecided, "property 102", "What SendAsTrustedIssuer does to the list is not documented.", "wincrypt.h"},
	{topicUndecided, "Windows Server 2022 and 2025", "No document gives the limit of these; 16,384 bytes are assumed.", ""},
	{topicUndecided, "TLS 1.3", "The names stand in another message there (RFC 8446 section 4.2.4); whether the limit holds is not documented.", "RFC 8446 section 4.2.4"},
	{topicUndecided, "how to settle it", "Look at the list itself: openssl s_client -connect HOST:PORT -msg, and give its output to ctlaudit match --observed.", ""},

	{topicRecompute, "expected size", `On the sheet Issuer list, filter one list and "Counted" by yes and assumed-yes, take each subject once, and add up "With length field". Bytes of a name are those of its DER: at the place that is given, the certificate is found byte for byte.`, ""},
	{topicRecompute, "least and greatest size", "Least: the DER of the distinct names counted yes, without lengths. Greatest: every occurrence not counted no, with lengths (\"Times in the store\" times \"With length field\"), and 27 bytes for CN=NT AUTHORITY.", ""},
	{topicRecompute, "plain sums", "The sums over the store as a whole, before any certificate is left out, need no judgement: they are those of the subjects on the sheet Certificates.", ""},

	{topicOutcome, "pass", "The evidence shows that the rule holds.", ""},
	{topicOutcome, "fail", "The evidence shows that it does not. A waiver leaves the outcome and takes it out of the count.", ""},
	{topicOutcome, "unknown", "What was read cannot decide it.", ""},
	{topicOutcome, "notchecked", "Evidence that the rule needs was not collected; the sheet Not collected has the command.", ""},
	{topicOutcome, "notapplicable", "The rule has no bearing on the host.", ""},
	{topicOutcome, "informational", "Nothing to judge, something to know.", ""},
	{topicOutcome, "error", "The rule itself broke: the program is at fault, not the host.", ""},

	{topicSeverity, "critical, high, medium, low, info", "How grave it is if the rule fails. The rule gives it and the policy may change it; the sheet Rules shows what held.", ""},

	{topicCounted, "yes", "The certificate's name is in the list.", ""},
	{topicCounted, "no", "It is not; why stands beside it.", ""},
	{topicCounted, "assumed-yes, assumed-no", "It is taken to be, or not to be: the export or the documents do not settle it, and what was assumed stands beside it.", ""},

	{topicVerdict, "over", "Even the least size is over the limit.", ""},
	{topicVerdict, "likely-over, likely-under", "The limit lies between the least and the greatest size; the expected size is over it, or within it.", ""},
	{topicVerdict, "under", "Even the greatest size is within the limit.", ""},
	{topicVerdict, "unknown", "The store that feeds the list was not collected or not read whole, and what was read is not over by itself.", ""},

	{topicTruncated, "confirmed", "Event 36885 was logged by this host.", "KB 2801679"},
	{topicTruncated, "probable", "The list is over its limit, and it is sent.", "KB 2464556"},
	{topicTruncated, "possible", "Something speaks for it, and something is missing or speaks against it.", ""},
	{topicTruncated, "unlikely", "The list is within its limit, or is not sent, or was not cut while that was logged.", ""},
	{topicTruncated, "undetermined", "The exports say nothing either way.", ""},

	{topicCoverage, "whole, in part, not collected", "Whether all physical stores of a store were read, some, or none. Only from a store that is whole can something be absent.", ""},
	{topicCoverage, "documented, inferred, assumed", "What a limit rests on: an article names it for this Windows; it follows from what articles say of others; or no article says anything.", ""},
	{topicCoverage, "stated, content, name, assumed", "How it is known which store a file is of: the case description says so, the file itself does, its name does, or its content suggests it.", ""},

	{topicPeers, "in", "An issuer of the peer's chain is in the list, and the list fits within the limit.", ""},
	{topicPeers, "at risk", "It depends on what cannot be known: the order of a list that is too long, a size that is only likely, or whether a list is sent.", ""},
	{topicPeers, "cut", "The issuer belongs in the list, and what is sent leaves it out: it is beyond the limit in both simulated orders, or a self-signed root in a mixed store.", ""},
	{topicPeers, "not in store", "The issuer does not stand in the store that feeds the list, or not with a purpose that allows client authentication.", ""},
	{topicPeers, "no list sent", "No list is sent, so that the client chooses without one.", "RFC 5246 section 7.4.4"},
	{topicPeers, "unknown", "A store or a certificate of the chain was not given.", ""},

	{topicRemedies, "advised", "The first remedy, in the order of harm, that mends what is cut and can be taken on this Windows. It is a proposal: what it breaks stands beside it.", "KB 2464556"},
	{topicRemedies, "mends, likely-mends, not-enough", "Measured by the function that measured the list before, on a copy of the evidence: no list is cut any more, none is by the expected size, or one still is.", ""},
	{topicRemedies, "delete-authroot", "The wholesale delete of KB 2801679 takes all third-party roots; a machine without a network does not get them back. It is judged and never advised.", "KB 2801679"},
	{topicRemedies, "classes of roots", "The order in which roots go: disabled by the root programme, expired, restricted, other roots of the programme; private roots only if that is asked for, and roots of KB 293781 never.", "KB 293781"},

	{topicReading, "places", "FILE:LINE is a line of a text file, FILE@0xOFFSET the byte at which a record begins in a binary one; what stands in brackets is the path inside it.", ""},
	{topicReading, "escapes", `Characters that could hide or steer, such as control and bidi characters, are shown as \x1b or \u202e. The JSON report has the text as it is.`, ""},
	{topicReading, "times", "UTC, as the headings say. A time that the export gives without a zone was read in the zone that the sheet Evidence names.", ""},
}
