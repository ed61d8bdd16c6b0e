package schema

import "slices"

// entity gives the column of an entity, such as host, user or sha1. Entities are names of decree's own, in this case
// alone, and may be used wherever a field may. A field that the source maps under this very name, or that its log is
// known to have, comes first.
func (s *Source) entity(name string) (Column, bool) {
	c, ok := s.Entities[name]
	if !ok {
		return c, false
	}
	_, mapped := s.Fields[name]
	return c, !mapped && !s.knows(name)
}

// knows tells whether the source's log is known to have a field of this very name.
func (s *Source) knows(name string) bool {
	if slices.Contains(s.Names, name) {
		return true
	}
	log := knownLogs().Logs[s.Log]
	return log != nil && (slices.Contains(log.Common, name) || slices.Contains(log.Fields[s.Category], name))
}
