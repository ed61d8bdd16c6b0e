package document

// claim prepares a column for a value; nil if a value from further out is there already. An exact name wins over
// a path.
func (d *Document) claim(i int, depth int16) *Value {
	col := &d.cols[i]
	if col.gen == d.gen {
		return d.claimAgain(col, depth)
	}
	return d.claimFirst(i, depth)
}

// claimFirst prepares a column that this event has not set before.
func (d *Document) claimFirst(i int, depth int16) *Value {
	v := &d.cols[i]
	d.has.Add(i)
	v.gen, v.Version, v.depth, v.item, v.before, v.Present, v.Texts = d.gen, 0, depth, d.item, 0, false, v.Texts[:0]
	return v
}

// claimAgain prepares a column that this event has set before. Texts from other items of the same list stay. Of a
// duplicate key the last one counts.
func (d *Document) claimAgain(col *Value, depth int16) *Value {
	if col.depth < depth {
		return nil
	}
	switch sameList := col.depth == depth && d.item > 0 && col.item > d.earlier; {
	case !sameList:
		col.before, col.Present = 0, false
	case col.item != d.item:
		col.before = int32(len(col.Texts))
	default:
		col.Present = col.before > 0
	}
	col.Version, col.depth, col.item, col.Texts = 0, depth, d.item, col.Texts[:col.before]
	return col
}

// enter begins a list of objects whose columns are asked for. It gives the item that leave returns to.
func (d *Document) enter() (outer int32) {
	if d.item == 0 {
		d.earlier = d.items
	}
	d.inLists++
	return d.item
}

func (d *Document) leave(outer int32) {
	d.inLists--
	d.item = outer
}

// next turns to another item of a list.
func (d *Document) next() {
	d.items++
	d.item = d.items
}
