package schema

// Derived gives what follows from the model alone, such as an index of its names. It is made once and then shared: nobody may change it. key is of a type of
// the caller's own. A model that was not loaded keeps nothing, because it may still change.
func (m *Model) Derived(key any, make func() any) any {
	if m.derived == nil {
		return make()
	}
	kept, ok := m.derived.Load(key)
	if !ok {
		kept, _ = m.derived.LoadOrStore(key, make())
	}
	return kept
}
