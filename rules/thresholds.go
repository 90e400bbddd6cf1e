package rules

// A Threshold names a number that rules compare with and a policy may change.
type Threshold string

// The thresholds.
const (
	NearLimitPercent Threshold = "nearLimitPercent"
	MaxRoots         Threshold = "maxRoots"
	MinRSABits       Threshold = "minRSABits"
	WeakRSABits      Threshold = "weakRSABits"
)

// A ThresholdSpec describes one threshold.
type ThresholdSpec struct {
	Name Threshold
	// Default is the number where a policy gives none; Min and Max bound it.
	Default, Min, Max int
	// Doc says what it is compared with, its unit and where the default is from.
	Doc string
}

// Thresholds returns all thresholds, in the order in which documents show them.
func Thresholds() []ThresholdSpec {
	return []ThresholdSpec{
		{NearLimitPercent, 90, 1, 100, "from this percentage of the limit on a trusted issuer list that fits is said to be near it (no source: a margin for a few roots)"},
		{MaxRoots, 100, 1, 1_000_000, "more certificates than this in Trusted Root are too many for the UC support team, a proxy for the size (UC Lobby, 2015)"},
		{MinRSABits, 1024, 0, 1 << 16, "RSA keys of fewer bits are rejected by Windows: MinRsaPubKeyBitLength is 1023 by default (wincrypt.h)"},
		{WeakRSABits, 2048, 0, 1 << 16, "RSA keys of fewer bits are weak: MinWeakRsaPubKeyBitLength is 2047 by default (wincrypt.h)"},
	}
}

func thresholdByName(name Threshold) *ThresholdSpec {
	for _, s := range Thresholds() {
		if s.Name == name {
			return &s
		}
	}
	return nil
}

func thresholdNames() []string {
	var names []string
	for _, s := range Thresholds() {
		names = append(names, string(s.Name))
	}
	return names
}

// Threshold returns the number of a threshold: the policy's, else the default.
func (p *Policy) Threshold(name Threshold) int {
	if n, ok := p.Thresholds[string(name)]; ok {
		return n
	}
	if s := thresholdByName(name); s != nil {
		return s.Default
	}
	return 0
}
