"""Files of banks: readers of the formats in which banks report, and the banks' own interfaces for programs."""
