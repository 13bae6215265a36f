module github.com/heapdiff/heapdiff

go 1.26.0

require (
	github.com/goccy/go-json v0.12.0
	github.com/klauspost/compress v1.20.3
	pgregory.net/rapid v1.3.0
)
