package reports

// An IssuerList is the trusted issuer list of a host or of a binding. Name is
// what it is called in text, Measured its size in words; Broken are the sources
// of its store that were not read whole.
type IssuerList struct {
	Host             string     `json:"host"`
	Binding          string     `json:"binding"`
	Profile          string     `json:"profile"`
	Name             string     `json:"name"`
	Store            string     `json:"store"`
	Basis            string     `json:"basis"`
	StoreWhy         string     `json:"storeWhy"`
	Sent             string     `json:"sent"`
	SentWhy          string     `json:"sentWhy"`
	Collected        bool       `json:"collected"`
	Whole            bool       `json:"whole"`
	Coverage         []Coverage `json:"coverage"`
	Broken           []string   `json:"broken"`
	Limit            Limit      `json:"limit"`
	Certificates     int        `json:"certificates"`
	DistinctSubjects int        `json:"distinctSubjects"`
	Sums             Sums       `json:"sums"`
	Bytes            Bytes      `json:"bytes"`
	Measured         string     `json:"measured"`
	Headroom         int        `json:"headroom"`
	Verdict          string     `json:"verdict"`
	VerdictWhy       string     `json:"verdictWhy"`
	Mixed            bool       `json:"mixed"`
	Notes            []string   `json:"notes"`
	Entries          []Entry    `json:"entries"`
}

// A Coverage says whether a physical store was collected, and from which source
// or why none is needed.
type Coverage struct {
	Physical  string `json:"physical"`
	Collected bool   `json:"collected"`
	From      string `json:"from"`
	Note      string `json:"note"`
}

// A Limit is the size at which the list is cut.
type Limit struct {
	Bytes    int    `json:"bytes"`
	Basis    string `json:"basis"`
	Citation string `json:"citation"`
}

// Sums are plain sums over the distinct certificates of the store, in bytes.
type Sums struct {
	DER          int `json:"der"`
	DERDistinct  int `json:"derDistinct"`
	Wire         int `json:"wire"`
	WireDistinct int `json:"wireDistinct"`
}

// Bytes are the sizes of the list.
type Bytes struct {
	Min      int  `json:"min"`
	Expected int  `json:"expected"`
	Max      int  `json:"max"`
	MinKnown bool `json:"minKnown"`
}

// An Entry is one certificate of the store, in the order of the exports. EndsAt
// is where its name would end in the list in two simulated orders, in bytes;
// the true order is not documented. Certificates of one name share its place.
type Entry struct {
	Thumbprint string `json:"thumbprint"`
	Subject    string `json:"subject"`
	Bytes      int    `json:"bytes"`
	Counted    string `json:"counted"`
	Why        string `json:"why"`
	Times      int    `json:"times"`
	EndsAt     Ends   `json:"endsAt"`
	Cut        Cuts   `json:"cut"`
	// Location is where the certificate stands.
	Location Location `json:"location"`
}

// Ends are offsets in the two simulated orders, null where the name is not
// listed.
type Ends struct {
	File       *int `json:"file"`
	Thumbprint *int `json:"thumbprint"`
}

// Cuts say in which simulated order a name does not fit below the limit.
type Cuts struct {
	File       bool `json:"file"`
	Thumbprint bool `json:"thumbprint"`
}

// A RequiredRoot says where a root stands that the host needs; an impostor bears
// the name or serial number of one.
type RequiredRoot struct {
	Host       string     `json:"host"`
	Pack       string     `json:"pack"`
	Name       string     `json:"name"`
	Thumbprint string     `json:"thumbprint"`
	State      string     `json:"state"`
	Where      []string   `json:"where"`
	Citation   string     `json:"citation"`
	Evidence   []Location `json:"evidence"`
}

// A Certificate is one occurrence of a certificate in a source.
type Certificate struct {
	Host         string `json:"host"`
	Store        string `json:"store"`
	Physical     string `json:"physical"`
	Thumbprint   string `json:"thumbprint"`
	SHA256       string `json:"sha256"`
	Subject      string `json:"subject"`
	Issuer       string `json:"issuer"`
	Serial       string `json:"serial"`
	NotBefore    Time   `json:"notBefore"`
	NotAfter     Time   `json:"notAfter"`
	SubjectBytes *int   `json:"subjectBytes"`
	SelfIssued   bool   `json:"selfIssued"`
	Parse        string `json:"parse"`
	ParseNote    string `json:"parseNote"`
	FriendlyName string `json:"friendlyName"`
	// KeyBits is 0 where the size of the key is not known.
	KeyAlgorithm       string   `json:"keyAlgorithm"`
	KeyBits            int      `json:"keyBits"`
	SignatureAlgorithm string   `json:"signatureAlgorithm"`
	Location           Location `json:"location"`
}

// A RegistryValue is one value. Data is a list of strings for REG_MULTI_SZ and a
// string for all else: text as it is, numbers decimal, the rest in upper-case
// hex without separators.
type RegistryValue struct {
	Host     string   `json:"host"`
	Key      string   `json:"key"`
	Name     string   `json:"name"`
	Type     string   `json:"type"`
	Data     any      `json:"data"`
	Location Location `json:"location"`
}

// An EventGroup is all events of one computer, provider, id and alert. First and
// Last are null where they could not be read or decided; FirstText and LastText
// are then as exported.
type EventGroup struct {
	Host      string   `json:"host"`
	Computer  string   `json:"computer"`
	Own       bool     `json:"own"`
	Provider  string   `json:"provider"`
	ID        uint32   `json:"id"`
	Alert     *int     `json:"alert"`
	Count     int      `json:"count"`
	First     Time     `json:"first"`
	Last      Time     `json:"last"`
	FirstText string   `json:"firstText,omitempty"`
	LastText  string   `json:"lastText,omitempty"`
	Sources   []string `json:"sources"`
	Samples   []Sample `json:"samples"`
}

// A Sample is one event of a group.
type Sample struct {
	Location Location `json:"location"`
	Time     Time     `json:"time"`
	TimeText string   `json:"timeText,omitempty"`
	Message  string   `json:"message"`
}

// A Finding is the result of a rule on a subject.
type Finding struct {
	ID         string     `json:"id"`
	Rule       string     `json:"rule"`
	Title      string     `json:"title"`
	Severity   string     `json:"severity"`
	Outcome    string     `json:"outcome"`
	Host       string     `json:"host"`
	Subject    string     `json:"subject"`
	Store      string     `json:"store"`
	Thumbprint string     `json:"thumbprint"`
	Summary    string     `json:"summary"`
	Measured   string     `json:"measured"`
	Expected   string     `json:"expected"`
	Evidence   []Location `json:"evidence"`
	Searched   []string   `json:"searched"`
	Absence    bool       `json:"absence"`
	References []string   `json:"references"`
	Remedy     string     `json:"remedy"`
	Collect    string     `json:"collect"`
	// Waiver is null where no waiver covers the finding. The outcome stays as
	// it was found; an active waiver takes the failure out of the count.
	Waiver *Waiver `json:"waiver"`
}

// A Waiver is an accepted risk; State is active, expired or unused. Host, store
// and thumbprint are "" where they do not narrow it. Expires is its last day.
type Waiver struct {
	State      string `json:"state"`
	Rule       string `json:"rule"`
	Host       string `json:"host"`
	Store      string `json:"store"`
	Thumbprint string `json:"thumbprint"`
	Reason     string `json:"reason"`
	Expires    string `json:"expires"`
	ApprovedBy string `json:"approvedBy"`
	Ticket     string `json:"ticket"`
	Line       int    `json:"line"`
}

// A WaiverReport says what became of a waiver: Findings are the ids of the
// failures that it covers.
type WaiverReport struct {
	Waiver
	Note     string   `json:"note"`
	Findings []string `json:"findings"`
}

// A Diagnostic is a remark on a source; Host is "" for a file of no host.
type Diagnostic struct {
	Code     string   `json:"code"`
	Severity string   `json:"severity"`
	Host     string   `json:"host"`
	Location Location `json:"location"`
	Summary  string   `json:"summary"`
	Detail   string   `json:"detail"`
	Lost     bool     `json:"lost"`
}
