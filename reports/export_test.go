package reports

// ReadSideWithin is ReadSide with another bound.
var ReadSideWithin = readSideWithin

// HasControls reports whether a rule has controls of its own.
func HasControls(rule string) bool { return controls(rule) != nil }
