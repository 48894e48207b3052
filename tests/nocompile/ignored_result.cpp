// A Result that nobody looks at does not compile.
#include "base/result.hpp"

posthaste::Status flush();

bool use() {
#ifdef BAD
    flush();
    return true;
#else
    return flush().ok();
#endif
}
