package reports

// ReadSideWithin is ReadSide with another bound.
var ReadSideWithin = readSideWithin
