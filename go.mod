module github.com/heapdiff/heapdiff

go 1.26.0
