package document

import "decree/rules/schema"

// join makes the value of a slot of several texts of the event, at most once an event. Where a part is missing, so is
// the value, but a user may have no domain.
func (d *Document) join(v *Value, s *slot, in *making) {
	v.gen, v.Version, v.Present, v.Texts, in.joined = d.gen, 0, false, v.Texts[:0], in.joined[:0]
	texts := absent.Texts
	for _, c := range s.columns {
		if texts = d.column(c).Texts; len(texts) > 0 {
			break
		}
	}
	if len(texts) == 0 {
		return
	}
	switch s.joined {
	case schema.Directory:
		file := d.column(s.beside).Texts
		if len(file) == 0 {
			return
		}
		in.joined = s.joined.AppendJoined(in.joined, texts[0], file[0])
	case schema.Account:
		if domain := d.column(s.beside).Texts; len(domain) > 0 && domain[0] != "" && domain[0] != "-" {
			in.joined = s.joined.AppendJoined(in.joined, domain[0], texts[0])
		} else {
			in.joined = append(in.joined, texts[0]...)
		}
	default:
		in.joined = s.joined.AppendJoined(in.joined, texts...)
	}
	v.Present, v.Texts = true, append(v.Texts, textOf(in.joined))
}
