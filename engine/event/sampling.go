package event

// sampling chooses some of the lines of a file: one in 64 at first, and of those after some thousands one in a 32nd of
// those before it, so that a long file costs no more.
type sampling struct{ lines, next int }

const (
	sampleStride = 64
	sampleShare  = 32
)

// takes counts a line, and tells whether it is one of the sample.
func (s *sampling) takes() bool {
	if s.lines++; s.lines <= s.next {
		return false
	}
	taken := s.lines > sampleStride // the first ones are those that Ahead looks at
	s.next = s.lines + max(sampleStride, s.lines/sampleShare)
	return taken
}
