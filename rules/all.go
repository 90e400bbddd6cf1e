package rules

// All lists every rule, in the order in which reports show them. A structure
// test fails when a rule is written and not listed here.
func All() []*Rule {
	return []*Rule{
		TruncationDiagnosis,

		TrustedIssuerListSize,
		SendTrustedIssuerList,
		SchannelTruncationEvent,
		RootStoreMixed,
		RequiredRoots,

		IssuerListHeadroom,
		RootCount,
		ClientAuthIssuerStore,
		ClientAuthTrustMode,
		PeerMessageLimit,

		SchannelValueTypes,
		SchannelEventLogging,
		TLSProtocols,
		DotNetStrongCrypto,
		RootAutoUpdate,
		ProtectedRoots,

		KnownBadCertificate,
		PrivateKeyInRoot,
		WeakKey,
		ShortKey,
		WeakSignature,
		RootSameNameOtherKey,
		RootExpired,
		RootNotYetValid,
		RootDuplicated,
		LeafInRoot,
		SelfIssuedInCA,
		GroupPolicyRoots,
		DisallowedAndRoot,
		BlobMismatch,
		ProgrammeStatus,
		RoleRoots,

		SchannelAlerts,
		SchannelClientCertificateEvents,
		RootAddedEvents,
		EventLogGaps,
		NPSReason,
		UCEvents,

		EvidenceComplete,
	}
}
