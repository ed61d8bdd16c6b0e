package rules

// Statuses lists the words that Sigma 2.1 allows for status.
func Statuses() []string {
	return []string{"stable", "test", "experimental", "deprecated", "unsupported"}
}

// Levels lists the words that Sigma 2.1 allows for level, the least severe first.
func Levels() []string { return []string{"informational", "low", "medium", "high", "critical"} }
