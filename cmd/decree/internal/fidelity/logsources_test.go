package fidelity

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAReasonNamesTheLogSourcesThatATargetLacks(t *testing.T) {
	r, _ := report(t, exact,
		"title: A\nlogsource: {product: acme, service: x}\ndetection: {a: {B: c}, condition: a}\n",
		"title: B\nlogsource: {product: acme, service: y}\ndetection: {a: {B: c}, condition: a}\n",
		"title: C\nlogsource: {product: acme, service: y}\ndetection: {a: {B: c}, condition: a}\n",
		"title: D\nlogsource: {product: windows, service: none-such}\ndetection: {a: {B: c}, condition: a}\n")
	said := map[string]string{}
	for _, c := range r.Reasons {
		said[c.Target+" "+c.Code] = c.suchAs()
	}
	assert.Equal(t, "log sources acme/y (2), acme/x (1)", said["kql another-product"])
	assert.Equal(t, "log source windows/none-such", said["eql no-log-source"])
}

func TestManyLogSourcesAreCounted(t *testing.T) {
	c := reasonCount{LogSources: counted(map[string]int{"a": 1, "b": 2, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1, "h": 1})}
	assert.Equal(t, "log sources b (2), a (1), c (1), d (1), e (1), f (1) and 2 more", c.suchAs())
}
