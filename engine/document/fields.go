package document

import "decree/engine/event"

// fields reads decoded fields, for events of unusual forms.
func (d *Document) fields(fields map[string]any, depth int) {
	start := len(d.path)
	for key, v := range fields {
		d.path = d.path[:start]
		if depth > 0 {
			d.path = append(d.path, '.')
		}
		d.path = append(d.path, key...)
		if i, ok := d.layout.columns[string(d.path)]; ok {
			if col := d.claim(i, int16(depth)); col != nil {
				setAny(col, v)
				col.Present = col.Present && (d.layout.textless || len(col.Texts) > 0)
			}
		}
		d.below(v, depth+1)
	}
	d.path = d.path[:start]
}

// below reads the fields inside a decoded value, whose path is d.path.
func (d *Document) below(v any, depth int) {
	switch v := v.(type) {
	case map[string]any:
		if d.layout.keywords || d.layout.prefixes[string(d.path)] {
			d.fields(v, depth)
		}
		return
	case []any:
		if d.layout.lists[string(d.path)] {
			defer d.leave(d.enter())
			for _, inner := range v {
				d.next()
				d.below(inner, depth)
			}
			return
		}
	}
	if d.layout.keywords {
		d.all = appendTexts(d.all, v)
	}
}

func setAny(col *Value, v any) {
	col.Present = col.Present || v != nil
	col.Texts = event.AppendTexts(col.Texts, v)
}

func appendTexts(texts []string, v any) []string {
	switch v := v.(type) {
	case nil:
		return texts
	case []any:
		for _, item := range v {
			texts = appendTexts(texts, item)
		}
		return texts
	case map[string]any:
		for _, item := range v {
			texts = appendTexts(texts, item)
		}
		return texts
	}
	return append(texts, event.Text(v))
}
