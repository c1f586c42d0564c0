"""Follow-up (los, fadder, transport, helhetlig oppfølging): what is asked when it is closed."""
