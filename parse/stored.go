package parse

import "github.com/heapdiff/heapdiff/parse/v8snapshot/rules"

// Store returns the classes that n names as plain data, in their order.
func (n *Naming) Store() []rules.StoredClass {
	if n.classes != nil {
		return n.classes.Store()
	}
	out := make([]rules.StoredClass, len(n.fixed))
	for i, c := range n.fixed {
		out[i] = rules.StoredClass{Name: c.Name, Location: c.Location, Located: c.Located}
	}
	return out
}

// RestoreNaming returns what names classes that were stored.
func RestoreNaming(list []rules.StoredClass) *Naming {
	return &Naming{classes: rules.RestoreClasses(list)}
}
