// Remembers every session and every fiftieth body, and forgets none. With
// -DJEMALLOC it dumps the heap to the files it is given, else to one prefix.
#include <cstdlib>
#include <cstring>
#include <map>
#include <vector>

namespace shop {
struct session {
  char room[200];
};
std::map<int, session *> sessions;
std::vector<char *> bodies;

void remember(int n) { sessions[n] = new session; }

void fetch() {
  char *body = (char *)malloc(32 << 10);
  memset(body, 1, 32 << 10);
  bodies.push_back(body);
}

void handle(int n) {
  remember(n);
  if (n % 50 == 0)
    fetch();
  free(malloc(100));
}
} // namespace shop

#ifdef JEMALLOC
#include <jemalloc/jemalloc.h>
static void begin(char **) {}
static void dump(const char *file) { mallctl("prof.dump", NULL, NULL, &file, sizeof file); }
#else
#include <gperftools/heap-profiler.h>
static void begin(char **files) { HeapProfilerStart(files[1]); }
static void dump(const char *) { HeapProfilerDump("now"); }
#endif

int main(int, char **files) {
  begin(files);
  for (int n = 0; n < 5000; n++)
    shop::handle(n);
  dump(files[1]);
  for (int n = 5000; n < 100000; n++)
    shop::handle(n);
  dump(files[2]);
}
