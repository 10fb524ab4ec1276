"""The demonstration: two communes, their officers, some inhabitants and a hundred dossiers."""
