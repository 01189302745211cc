"""What everything else stands on: columns, the door to the compiler, keyed draws, arithmetic."""
