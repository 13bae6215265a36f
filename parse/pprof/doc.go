// Package pprof reads profiles in the format of github.com/google/pprof, of Go
// and of everything else that writes them, in any of its forms: protobuf, the
// text forms that came before it, and the dump of all goroutines.
//
// What comes in is an [input.Source]; what goes out is a [Profile]: tables of
// functions, frames and locations, and the samples as they stand in the file.
//
//	Profile                        Sample
//	  1 sample_type  ValueType*      1 location_id  uint64*   leaf first
//	  2 sample       Sample*         2 value        int64*    one a sample type
//	  3 mapping      Mapping*        3 label        Label*
//	  4 location     Location*
//	  5 function     Function*     Location                   Line
//	  6 string_table string*         1 id  3 address            1 function_id
//	  …                              2 mapping_id               2 line
//	                                 4 line  Line*   innermost first
//
// A field is a varint of its number and wire type, and its value; a message
// within a message is its length and its bytes. Samples come first in nearly
// every file, long before what they refer to, and they are nearly all of its
// bytes: they are kept as they are, without an object, a string or a slice
// header a sample, and decoded again by each pass over them ([Profile.Samples]).
// So a profile takes little more memory than its file, however its stacks look;
// a tree of all stacks is only made where a graph is asked for ([Profile.Graph]).
package pprof
