package output

import (
	"bytes"
)

// maxLineLength is where a line without an end is cut, so that a log message stays of a reasonable size.
const maxLineLength = 64 * 1024

// lineLog sends whole lines of what is written to it.
type lineLog struct {
	send    func(line string)
	partial []byte
}

func (l *lineLog) Write(data []byte) (int, error) {
	l.partial = append(l.partial, data...)
	for {
		line, rest, found := bytes.Cut(l.partial, []byte("\n"))
		if !found {
			break
		}
		l.send(valid(string(bytes.TrimSuffix(line, []byte("\r")))))
		l.partial = rest
	}
	if len(l.partial) >= maxLineLength {
		l.flush()
	}
	return len(data), nil
}

// flush sends a last line that has no end.
func (l *lineLog) flush() {
	if len(l.partial) > 0 {
		l.send(valid(string(l.partial)))
		l.partial = nil
	}
}
