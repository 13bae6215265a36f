package growth

// Hide leaves out the lines that are too small to be shown, if they were kept
// (Options.All): what judges growth wants them all, who reads of it does not.
func (r *Ranking) Hide() {
	gained := r.Reconciliation.Accumulated + r.Reconciliation.InPlace + r.Reconciliation.Unattributed
	var lines []Line
	for _, l := range r.Lines {
		if l.Share < hiddenSize && l.Share < gained/hiddenShare {
			r.Hidden.Lines++
			r.Hidden.Size += l.Share
			continue
		}
		lines = append(lines, l)
	}
	r.Lines = lines
}
