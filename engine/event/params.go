package event

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// winlogData gives the event's own values of what winlogbeat writes. Those without a name are Data, too, as in other
// forms of a Windows event.
func winlogData(data, user map[string]any) map[string]any {
	out := with(data, user)
	byNumber := map[uint64]any{}
	for name, v := range data {
		if number, ok := Param(name); ok {
			byNumber[number] = v
		}
	}
	if len(byNumber) > 0 {
		list := make([]any, 0, len(byNumber))
		for _, number := range slices.Sorted(maps.Keys(byNumber)) {
			list = append(list, values(byNumber[number])...)
		}
		add(out, map[string]any{"Data": list})
	}
	return out
}

// Param gives the number in the name of a value that has none, which winlogbeat calls param1, param2 and so on. It
// leaves out empty values, but counts them. ok is false for another name.
// https://github.com/elastic/beats/blob/main/winlogbeat/sys/winevent/maputil.go
func Param(name string) (number uint64, ok bool) {
	digits, ok := strings.CutPrefix(name, "param")
	if !ok || strings.HasPrefix(digits, "0") {
		return 0, false
	}
	number, err := strconv.ParseUint(digits, 10, 32)
	return number, err == nil
}
