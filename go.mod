module github.com/heapdiff/heapdiff

go 1.26.0

require pgregory.net/rapid v1.3.0

require (
	github.com/goccy/go-json v0.12.0 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/spf13/pflag v1.1.0 // indirect
)
