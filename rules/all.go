package rules

// All lists every rule, in the order in which reports show them. A structure
// test fails when a rule is written and not listed here.
func All() []*Rule {
	return []*Rule{
		TrustedIssuerListSize,
		SendTrustedIssuerList,
		SchannelTruncationEvent,
		RootStoreMixed,
		RequiredRoots,
		EvidenceComplete,
	}
}
