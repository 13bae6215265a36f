package advice

// All returns the whole table, the patterns in the order of their constants.
func All() []Advice { return table }
