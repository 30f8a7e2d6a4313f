"""What systems do differently, one idea a module: nothing else asks which system it is on."""
