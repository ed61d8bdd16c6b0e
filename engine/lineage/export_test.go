package lineage

// ToldProcess is a process of which an event tells that is no creation.
func ToldProcess(key string) *Process { return &Process{Told: true, keys: [3]string{key}} }
