package attack

import (
	"regexp"
	"slices"
	"strings"
)

var icsForm = regexp.MustCompile(`^t08\d\d$`)

// mobile are the techniques of the matrix for phones, with those that are revoked, whose ids no other matrix has. No
// version is recorded of the list: a technique that it lacks is reported as unknown.
// https://attack.mitre.org/techniques/mobile/
var mobile = strings.Fields(`t1398 t1404 t1406 t1407 t1409 t1414 t1417 t1418 t1420 t1421 t1422 t1423 t1424 t1426 t1428 t1429 t1430 t1437 t1451 t1453 t1456
	t1458 t1461 t1464 t1471 t1474 t1481 t1509 t1512 t1513 t1516 t1517 t1521 t1532 t1533 t1541 t1544 t1575 t1577 t1582 t1603 t1604 t1616 t1617 t1623 t1624 t1625
	t1626 t1627 t1628 t1629 t1630 t1631 t1632 t1633 t1634 t1635 t1636 t1637 t1638 t1639 t1640 t1641 t1642 t1643 t1644 t1645 t1646 t1655 t1658 t1660 t1661 t1662
	t1663 t1664 t1670 t1676`)

// OtherMatrix names the matrix beside Enterprise that a technique's tag (t0883, t1429, t1430.001) is of: ICS or Mobile.
// It is empty for all other names.
func OtherMatrix(name string) string {
	parent, _, _ := strings.Cut(name, ".")
	switch {
	case icsForm.MatchString(parent):
		return "ICS"
	case slices.Contains(mobile, parent):
		return "Mobile"
	}
	return ""
}
