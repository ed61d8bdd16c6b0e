package schema

import "strings"

// productsCalled gives Sigma's products for the names that people have for them, without what stands between words.
var productsCalled = map[string]string{
	"aad": "azure", "azuread": "azure", "entra": "azure", "entraid": "azure", "microsoftentra": "azure", "microsoftentraid": "azure",
	"microsoft365": "m365", "o365": "m365", "office365": "m365",
	"gsuite": "gcp", "googlecloud": "gcp", "googleworkspace": "gcp",
	"amazon": "aws", "k8s": "kubernetes", "win": "windows", "osx": "macos", "mac": "macos",
}

// ProductCalled gives Sigma's product for another name that people have for it, such as azure for Entra ID; "" for any
// other name.
func ProductCalled(name string) string {
	return productsCalled[strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(name))]
}
