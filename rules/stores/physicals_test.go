package stores

import (
	"slices"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestRootPhysicalsAreInTheDocumentedOrder(t *testing.T) {
	want := []string{evidence.PhysicalDefault, evidence.PhysicalAuthRoot, evidence.PhysicalGroupPolicy, evidence.PhysicalEnterprise, evidence.PhysicalSmartCard}
	if got := RootPhysicals(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
