// The clouds' own clients against the stand-ins of the tests: every answer must be what the client's types say, no field more
// and none less. CLOUD, ENDPOINT and TOKEN say which. Prints what is not so; exit status 1 where anything is.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"sort"
)

// An answer: the request that it is for, and what the client decodes it into.
type shape struct {
	request *regexp.Regexp
	into    any
}

var complaints []string

func complain(format string, values ...any) {
	complaints = append(complaints, fmt.Sprintf(format, values...))
}

// Holds each answer against its shape before the client reads it.
type watched struct {
	shapes []shape
	// Fields that the types still have and the cloud no longer sends.
	retired []string
}

func (w watched) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	line := request.Method + " " + request.URL.Path
	if response.StatusCode >= 400 {
		complain("%s: %d %s", line, response.StatusCode, body)
	} else if len(body) > 0 {
		w.compare(line, body)
	}
	return response, nil
}

func (w watched) compare(line string, body []byte) {
	for _, one := range w.shapes {
		if !one.request.MatchString(line) {
			continue
		}
		into := reflect.New(reflect.TypeOf(one.into)).Interface()
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into); err != nil {
			complain("%s: %v", line, err)
			return
		}
		again, err := json.Marshal(into)
		if err != nil {
			complain("%s: %v", line, err)
			return
		}
		var theirs, ours any
		_ = json.Unmarshal(again, &theirs)
		_ = json.Unmarshal(body, &ours)
		w.missing(line, theirs, ours)
		return
	}
	complain("%s: its answer has no shape here", line)
}

// What the client's type has and the answer has not.
func (w watched) missing(path string, theirs, ours any) {
	switch theirs := theirs.(type) {
	case map[string]any:
		own, _ := ours.(map[string]any)
		if own == nil {
			return
		}
		keys := make([]string, 0, len(theirs))
		for key := range theirs {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		for _, key := range keys {
			value, found := own[key]
			if !found && !slices.Contains(w.retired, key) {
				complain("%s.%s is missing", path, key)
			}
			w.missing(path+"."+key, theirs[key], value)
		}
	case []any:
		own, _ := ours.([]any)
		for index := range min(len(own), len(theirs)) {
			w.missing(fmt.Sprintf("%s[%d]", path, index), theirs[index], own[index])
		}
	}
}

// Ends at the first thing that the client itself takes for a fault.
func must(what string, err error) {
	if err == nil {
		return
	}
	complain("%s: %v", what, err)
	end()
}

func end() {
	for _, complaint := range complaints {
		fmt.Println(complaint)
	}
	if len(complaints) > 0 {
		os.Exit(1)
	}
	os.Exit(0)
}

func main() {
	endpoint, token := os.Getenv("ENDPOINT"), os.Getenv("TOKEN")
	switch cloud := os.Getenv("CLOUD"); cloud {
	case "hetzner":
		hetzner(endpoint, token)
	case "digitalocean":
		digitalOcean(endpoint, token)
	default:
		complain("CLOUD is %q", cloud)
	}
	end()
}
