package lineage

import "time"

// ToldProcess is a process that is known from an event other than its creation.
func ToldProcess(key string) *Process { return &Process{Told: true, keys: [3]string{key}} }

// CreatedProcess is the creation of a process whose id may be used again.
func CreatedProcess(order int, at time.Time, key, parent string) *Process {
	return &Process{Created: true, order: order, at: at, keys: [3]string{key, parent}}
}
