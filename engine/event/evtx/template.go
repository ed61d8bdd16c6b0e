package evtx

// variant is a substitution's value, not read yet.
type variant struct {
	kind       byte
	start, end int
}

// isNull tells a value that was not given: of no type, or of a type that has bytes always and has none.
func (v variant) isNull() bool {
	return v.kind == typeNull || v.start == v.end && (widths[v.kind] > 0 || v.kind == typeSID)
}

// template reads an instance of a template: its values, then the template with these.
func (p *parser) template(into *element, depth int) error {
	if _, err := p.take(1 + 4); err != nil {
		return err
	}
	offset, err := p.u32()
	if err != nil {
		return err
	}
	body := &parser{chunk: p.chunk, at: offset, end: len(p.chunk), names: p.names, defined: true, memory: p.memory, shaping: p.shaping, first: p.first, own: p.shaping.template(offset)}
	if p.defined { // its values are those of the outer template's definition
		p.shaping.refuse()
	}
	if _, err := body.take(4 + 16); err != nil { // next template and GUID
		return err
	}
	size, err := body.u32()
	if err != nil {
		return err
	}
	if offset == p.at { // it is defined here
		if _, err := p.take(24 + size); err != nil {
			return err
		}
	}
	if size < 0 || size > len(p.chunk)-body.at {
		return errShort
	}
	if err := p.spend(size); err != nil {
		return err
	}
	body.end = body.at + size
	if body.values, err = p.variants(); err != nil {
		return err
	}
	body.budget = p.budget
	err = body.fragment(into, depth+1)
	p.budget = body.budget
	return err
}

// variants reads the values of a template instance.
func (p *parser) variants() ([]variant, error) {
	count, err := p.u32()
	if err != nil {
		return nil, err
	}
	if count < 0 || count > (p.end-p.at)/4 {
		return nil, errShort
	}
	values := make([]variant, count)
	sizes := make([]int, count)
	for i := range values {
		if sizes[i], err = p.u16(); err != nil {
			return nil, err
		}
		if values[i].kind, err = p.u8(); err != nil {
			return nil, err
		}
		if _, err = p.take(1); err != nil {
			return nil, err
		}
	}
	for i := range values {
		values[i].start = p.at
		if _, err := p.take(sizes[i]); err != nil {
			return nil, err
		}
		values[i].end = p.at
	}
	return values, nil
}

// substitute puts a value of the template's instance in its place.
func (p *parser) substitute(into *element, optional bool, depth int) error {
	i, err := p.u16()
	if err != nil {
		return err
	}
	if _, err := p.u8(); err != nil { // the type that the template expects; the value has its own
		return err
	}
	if i >= len(p.values) || p.values[i].isNull() {
		into.missing = into.missing || optional
		return nil
	}
	v := p.values[i]
	if v.kind == typeBinXML {
		if err := p.spend(v.end - v.start); err != nil {
			return err
		}
		inner := &parser{chunk: p.chunk, at: v.start, end: v.end, budget: p.budget, names: p.names, memory: p.memory, shaping: p.shaping, first: p.shaping.firstOf(v)}
		err := inner.fragment(into, depth+1)
		p.budget = inner.budget
		return err
	}
	found, err := p.memory.decode(v.kind, p.chunk[v.start:v.end])
	if err != nil {
		return err
	}
	p.shaping.value(&found, p.first+i)
	return p.add(into, found)
}
