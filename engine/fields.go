package engine

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// text writes a decoded scalar as the text that tests compare.
func text(v any) string {
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
