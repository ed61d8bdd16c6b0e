package engine

// Exhaustively has every rule tried on every event of its log source, if on: what the index finds must be the same.
func Exhaustively(on bool, o Options) Options {
	o.exhaustive = on
	return o
}
