// Package parse opens any supported file and returns it as a heap: a graph with
// classes, dominators and retained sizes, whatever it was written by.
//
// What a file is, is told from its first decompressed bytes; to support another
// format takes a package that reads it and a line in the table of formats.
package parse
