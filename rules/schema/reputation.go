package schema

// ReputationParts are the parts of a value's reputation that a product may have a column for.
var ReputationParts = []string{"availability", "global", "signature", "signer", "issuer", "root", "certificate_valid", "root_signer_microsoft", "software", "threat", "global_first_seen"}

// Column gives the column of one of ReputationParts; "" where the product has none.
func (r Reputation) Column(part string) string {
	switch part {
	case "availability":
		return r.Availability
	case "global":
		return r.Global
	case "signature":
		return r.Signature
	case "signer":
		return r.Signer
	case "issuer":
		return r.Issuer
	case "root":
		return r.Root
	case "certificate_valid":
		return r.CertificateValid
	case "root_signer_microsoft":
		return r.RootSignerMicrosoft
	case "software":
		return r.Software
	case "threat":
		return r.Threat
	case "global_first_seen":
		return r.GlobalFirstSeen
	}
	panic("schema: unknown part of a reputation")
}

// Columns lists the columns that the product has, in the order of ReputationParts.
func (r Reputation) Columns() []string {
	var columns []string
	for _, part := range ReputationParts {
		if c := r.Column(part); c != "" {
			columns = append(columns, c)
		}
	}
	return columns
}
