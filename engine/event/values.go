package event

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Values gives the values in a text that is a JSON object, a JSON list or XML. In XML these are the texts of elements
// and all attributes except Name, which is a name like a JSON key. ok is false for any other text.
func Values(text string) (values []string, ok bool) {
	switch begun := strings.TrimLeft(text, " \t\r\n"); {
	case strings.HasPrefix(begun, "{"):
		fields, err := Object([]byte(text))
		return scalars(nil, fields), err == nil
	case strings.HasPrefix(begun, "["):
		fields, err := Object([]byte(`{"":` + text + `}`))
		return scalars(nil, fields), err == nil
	case strings.HasPrefix(begun, "<"):
		return xmlValues(text)
	}
	return nil, false
}

func scalars(values []string, v any) []string {
	switch v := v.(type) {
	case nil:
	case map[string]any:
		for _, inner := range v {
			values = scalars(values, inner)
		}
	case []any:
		for _, inner := range v {
			values = scalars(values, inner)
		}
	default:
		values = append(values, Text(v))
	}
	return values
}

// AppendTexts appends the texts that tests compare of a column's decoded value: that of a scalar, or those of a list
// and the lists in it. Nulls and objects have none.
func AppendTexts(texts []string, v any) []string {
	switch v := v.(type) {
	case nil, map[string]any:
		return texts
	case []any:
		for _, item := range v {
			texts = AppendTexts(texts, item)
		}
		return texts
	}
	return append(texts, Text(v))
}

// Text writes a decoded scalar as the text that tests compare.
func Text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return fmt.Sprint(v)
}

func xmlValues(text string) (values []string, ok bool) {
	dec := xml.NewDecoder(strings.NewReader(text))
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	for {
		token, err := dec.Token()
		switch token := token.(type) {
		case xml.StartElement:
			ok = true
			for _, a := range token.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && (a.Name.Local != "Name" || token.Name.Local != "Data") {
					values = append(values, a.Value)
				}
			}
		case xml.CharData:
			if strings.TrimSpace(string(token)) != "" {
				values = append(values, string(token))
			}
		}
		if errors.Is(err, io.EOF) {
			return values, ok
		}
		if err != nil {
			return nil, false
		}
	}
}
