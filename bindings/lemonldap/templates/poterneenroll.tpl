<TMPL_INCLUDE NAME="poternehead.tpl">
<TMPL_IF NAME="TEXT"><p><TMPL_VAR NAME="TEXT" ESCAPE=HTML></p></TMPL_IF>
<form action="<TMPL_VAR NAME="TARGET" ESCAPE=HTML>" method="post">
<TMPL_IF NAME="TAB"><input type="hidden" name="tab" value="<TMPL_VAR NAME="TAB" ESCAPE=HTML>"></TMPL_IF>
<TMPL_IF NAME="STEP"><input type="hidden" name="step" value="<TMPL_VAR NAME="STEP" ESCAPE=HTML>"></TMPL_IF>
<TMPL_IF NAME="FORM"><input type="hidden" name="form" value="<TMPL_VAR NAME="FORM" ESCAPE=HTML>"></TMPL_IF>
<ol>
<li><TMPL_VAR NAME="poterne_enroll_install" ESCAPE=HTML></li>
<li><TMPL_VAR NAME="poterne_enroll_scan" ESCAPE=HTML>
<img class="poterne-qr" src="<TMPL_VAR NAME="QR">" alt="<TMPL_VAR NAME="poterne_enroll_qr" ESCAPE=HTML>">
<p><a id="poterne-link" href="<TMPL_VAR NAME="LINK" ESCAPE=HTML>"><TMPL_VAR NAME="poterne_enroll_link" ESCAPE=HTML></a></p>
<p><TMPL_VAR NAME="poterne_enroll_key" ESCAPE=HTML><br><code id="poterne-key"><TMPL_VAR NAME="KEY" ESCAPE=HTML></code></p></li>
<li><label for="poterne-code"><TMPL_VAR NAME="poterne_enroll_type" ESCAPE=HTML></label>
<p id="poterne-hint" class="poterne-hint"><TMPL_VAR NAME="poterne_enroll_privacy" ESCAPE=HTML></p>
<input type="text" id="poterne-code" name="code" class="form-control" autocomplete="one-time-code" autocapitalize="characters" autocorrect="off" spellcheck="false" maxlength="64" required aria-describedby="poterne-hint" <TMPL_IF NAME="ERROR">aria-invalid="true" autofocus</TMPL_IF>></li>
</ol>
<button type="submit" id="poterne-submit" class="btn btn-primary"><TMPL_VAR NAME="poterne_enroll_submit" ESCAPE=HTML></button>
</form>
<p><a href="<TMPL_VAR NAME="CANCEL" ESCAPE=HTML>"><TMPL_VAR NAME="poterne_account_back" ESCAPE=HTML></a></p>
<TMPL_INCLUDE NAME="poternefoot.tpl">
