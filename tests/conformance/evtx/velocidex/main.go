// Command velocidex reads Windows event logs with the public library www.velocidex.com/golang/evtx. In: {"files":
// [path]} on standard input. Out: for each file a list of its records in order. It is a module of its own, so that
// decree's does not have what only this needs.
package main

import (
	"encoding/json"
	"log"
	"os"

	"www.velocidex.com/golang/evtx"
)

func main() {
	var asked struct{ Files []string }
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		log.Fatal(err)
	}
	out := [][]any{}
	for _, path := range asked.Files {
		records, err := read(path)
		if err != nil {
			log.Fatalf("%s: %v", path, err)
		}
		out = append(out, records)
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		log.Fatal(err)
	}
}

func read(path string) ([]any, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	chunks, err := evtx.GetChunks(f)
	if err != nil {
		return nil, err
	}
	out := []any{}
	for _, chunk := range chunks {
		records, err := chunk.Parse(0)
		if err != nil {
			return nil, err
		}
		for _, record := range records {
			out = append(out, record.Event)
		}
	}
	return out, nil
}
