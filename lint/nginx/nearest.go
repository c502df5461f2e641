package nginx

// Nearest returns the word of among that word is most likely a misspelling of,
// for a "did you mean". It is at most a third of word's length away, and never
// more than three, counting letters added, left out, replaced, and neighbours
// swapped. Of several equally near the first counts. It returns false if none
// is near enough, and when word is among them.
func Nearest(word string, among []string) (string, bool) {
	best, limit := "", min(len(word)/3, 3)
	for _, w := range among {
		if w == word {
			return "", false
		}
		if d := len(w) - len(word); d > limit || -d > limit {
			continue
		}
		if d := distance(word, w); d <= limit {
			best, limit = w, d-1
		}
	}
	return best, best != ""
}

// distance is the number of single letters to add, leave out or replace, and
// of neighbours to swap, to get from a to b (the restricted
// Damerau-Levenshtein distance), in bytes.
func distance(a, b string) int {
	before := make([]int, len(b)+1) // the row before the last
	last := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
