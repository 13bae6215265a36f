package synth

// newOrdinary makes the block that fills every heap: a customer of a shop with
// what belongs to it. The shares of node types, edges a node and incoming edges
// are those of snapshots that a Node 20 server of this kind wrote.
func newOrdinary(n *names, h *hubs) *segment {
	o := &ordinary{builder: builder{seg: &segment{}, names: n, hubs: h}}
	customer := o.customer()
	var orders []target
	for lines := range 4 {
		orders = append(orders, o.here(o.order(customer, lines+1)))
	}
	o.link(customer, property, "orders", o.here(o.list(orders...)))
	o.link(customer, property, "session", o.here(o.session(customer)))
	o.link(customer, property, "handlers", o.here(o.handlers(customer)))
	o.link(customer, property, "index", o.here(o.index(orders)))
	o.link(customer, property, "pending", o.here(o.promise()))
	return o.seg
}

type ordinary struct {
	builder
	products []ref // of this block
}

// customer has an address, a product of its own to buy and sell, and tags.
func (o *ordinary) customer() ref {
	c := o.instance("Customer", 88, 31)
	host := o.value(anyText)
	name := o.value(ownText)
	o.link(c, property, "name", o.here(name))
	o.link(c, property, "email", o.here(o.cons(o.here(name), o.here(host))))
	o.link(c, property, "phone", o.here(o.value(ownText)))
	o.link(c, property, "tags", o.here(o.list(o.hubs.word(8), o.hubs.word(9))))
	o.link(c, property, "balance", o.here(o.double()))
	o.link(c, property, "friend", o.at(c, near, o.hubs.undefined))

	address := o.instance("Address", 56, 24)
	o.link(c, property, "address", o.here(address))
	o.link(address, property, "street", o.here(o.value(ownText)))
	o.link(address, property, "zip", o.here(o.value(anyText)))
	o.link(address, property, "city", o.hubs.word(4))

	var stock []target
	for range 2 {
		p := o.instance("Product", 72, 52)
		o.products = append(o.products, p)
		stock = append(stock, o.here(p))
		o.link(p, property, "name", o.here(o.value(ownText)))
		o.link(p, property, "sku", o.here(o.value(ownText)))
		o.link(p, property, "price", o.here(o.double()))
		o.link(p, property, "related", o.at(p, anywhere, o.hubs.undefined))
	}
	o.link(c, property, "stock", o.here(o.list(stock...)))

	since := o.instance("Date", 96, 0)
	o.link(c, property, "since", o.here(since))
	o.link(since, internal, "value", o.here(o.double()))
	return c
}

// order has lines, each of a product that was sold nearby or anywhere.
func (o *ordinary) order(customer ref, lines int) ref {
	r := o.instance("Order", 80, 61)
	var list []target
	for i := range lines {
		line := o.instance("OrderLine", 56, 70)
		o.link(line, property, "product", o.at(o.products[i%2], near+which(i%2), o.hubs.undefined))
		o.link(line, property, "price", o.here(o.double()))
		o.link(line, property, "order", o.here(r))
		o.link(line, property, "note", o.here(o.value(ownText)))
		list = append(list, o.here(line))
	}
	o.link(r, property, "customer", o.here(customer))
	o.link(r, property, "status", o.hubs.word(lines))
	o.link(r, property, "lines", o.here(o.list(list...)))
	o.link(r, property, "reference", o.here(o.value(ownText)))
	o.link(r, property, "total", o.here(o.double()))
	o.link(r, property, "tax", o.here(o.double()))
	o.link(r, property, "before", o.at(r, near, o.hubs.undefined))
	created := o.instance("Date", 96, 0)
	o.link(r, property, "created", o.here(created))
	o.link(created, internal, "value", o.here(o.double()))
	comment := o.cons(o.here(o.value(anyText)), o.here(o.value(ownText)))
	o.link(r, property, "comment", o.here(comment))
	return r
}

// session is a plain object with a payload outside the heap.
func (o *ordinary) session(customer ref) ref {
	s := o.instance("Session", 72, 83)
	data := o.instance("Object", 56, 0)
	buffer := o.instance("ArrayBuffer", 96, 0)
	memory := o.add(native, "system / JSArrayBufferData", 512)
	o.node(memory).spread = 500
	o.link(buffer, internal, "backing_store", o.here(memory))
	o.link(s, property, "customer", o.at(customer, near, o.hubs.undefined))
	o.link(s, property, "token", o.here(o.value(ownText)))
	o.link(s, property, "data", o.here(data))
	o.link(data, property, "buffer", o.here(buffer))
	o.link(data, property, "locale", o.hubs.word(5))
	o.link(data, property, "agent", o.here(o.value(anyText)))
	o.link(data, property, "score", o.here(o.double()))
	more := o.add(hidden, "system / PropertyArray", 40)
	o.link(more, internal, "map", o.hubs.mapMap)
	o.item(more, hiddenEdge, 0, o.here(o.value(ownText)))
	o.link(data, internal, "properties", o.here(more))
	return s
}

// handlers are closures over a scope, two of them with code of their own.
func (o *ordinary) handlers(customer ref) ref {
	scope := o.scope(o.hubs.nativeContext)
	o.link(scope, inContext, "customer", o.here(customer))
	var all []target
	for i, name := range []string{"onOrder", "onCancel", "", "", "retry", ""} {
		inner := o.scope(o.here(scope))
		o.link(inner, inContext, "attempts", o.here(o.double()))
		f := o.function(name, 90+i, o.here(inner))
		o.link(inner, inContext, "self", o.here(f))
		all = append(all, o.here(f))
		if i >= 2 {
			continue
		}
		bytecode := o.add(code, "system / BytecodeArray", 96)
		o.node(bytecode).spread = 20
		positions := o.add(code, "(source position table)", 48)
		pool := o.add(code, "(constant pool)", 56)
		data := o.add(code, "system / UncompiledDataWithoutPreparseData", 32)
		cell := o.add(code, "system / FeedbackMetadata", 32)
		for _, r := range []ref{bytecode, positions, pool, data, cell} {
			o.link(r, internal, "map", o.hubs.codeMap)
		}
		o.link(f, internal, "bytecode", o.here(bytecode))
		o.link(bytecode, internal, "source_position_table", o.here(positions))
		o.link(bytecode, internal, "constant_pool", o.here(pool))
		o.link(pool, internal, "inferred_name", o.here(o.value(ownText)))
		o.link(pool, internal, "metadata", o.here(cell))
		o.link(cell, internal, "data", o.here(data))
	}
	return o.list(all...)
}

// index is a Map from strings to orders, and a Set of them.
func (o *ordinary) index(orders []target) ref {
	m := o.instance("Map", 32, 0)
	table := o.add(array, "", 80)
	o.node(table).spread = 16
	o.link(m, internal, "table", o.here(table))
	o.link(table, internal, "map", o.hubs.arrayMap)
	for i, order := range orders {
		o.item(table, hiddenEdge, 2*i, o.here(o.value(ownText)))
		o.item(table, hiddenEdge, 2*i+1, order)
	}
	set := o.add(object, "Set", 32)
	slots := o.add(array, "", 64)
	o.link(set, internal, "table", o.here(slots))
	o.link(slots, internal, "map", o.hubs.arrayMap)
	for i, order := range orders[:2] {
		o.item(slots, hiddenEdge, i, order)
	}
	kind := o.add(shape, "system / Map", 80) // a transition of its own
	descriptors := o.add(shape, "system / DescriptorArray", 88)
	o.link(set, internal, "map", o.here(kind))
	o.link(kind, internal, "map", o.hubs.mapMap)
	o.link(kind, internal, "descriptors", o.here(descriptors))
	o.link(kind, internal, "back_pointer", o.hubs.shapeOf("Set"))
	for i := range 4 {
		o.item(descriptors, hiddenEdge, i, o.hubs.word(i))
	}
	o.link(m, property, "recent", o.here(set))
	return m
}

// promise waits for a closure that resolves it.
func (o *ordinary) promise() ref {
	p := o.instance("Promise", 48, 0)
	reaction := o.add(hidden, "system / PromiseReaction", 40)
	scope := o.scope(o.hubs.nativeContext)
	o.link(p, internal, "reactions_or_result", o.here(reaction))
	o.link(reaction, internal, "map", o.hubs.mapMap)
	o.link(reaction, internal, "fulfill_handler", o.here(o.function("", 99, o.here(scope))))
	o.link(scope, inContext, "resolve", o.here(p))
	return p
}
