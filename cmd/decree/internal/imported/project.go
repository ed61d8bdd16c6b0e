package imported

import (
	"fmt"

	"decree/compilers/deployed"
	"decree/compilers/packages/formats"
)

// ForEnterpriseSecurity tells whether most searches of an export are correlation searches of Splunk Enterprise
// Security. A target makes such searches of all its rules, or of none.
func ForEnterpriseSecurity(x *deployed.Export) bool {
	n := 0
	for _, r := range x.Rules {
		if r.Properties["action.correlationsearch.enabled"] == "1" {
			n++
		}
	}
	return 2*n > len(x.Rules)
}

// Project is the project file of the rules of an export.
func Project(x *deployed.Export) string {
	app := ""
	if ForEnterpriseSecurity(x) {
		app = ", app: {enterprise_security: true}"
	}
	return fmt.Sprintf(`# A decree project of rules that were deployed in %[1]s before. Paths are relative to this file.
title: Imported detections

rules: [rules]

targets:
  %[1]s: {dialect: %[2]s, package: %[1]s%[3]s}
`, x.Product, formats.Named(string(x.Product)).Dialect(), app)
}
