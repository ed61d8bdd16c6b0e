package document

// All gives every text of the event, if the layout asks for keywords.
func (d *Document) All() []string {
	d.readRest()
	d.readSkipped()
	return d.all
}

// Has tells whether the event has a column, given by its number.
func (d *Document) Has(column int) bool { return d.cols[column].gen == d.gen }
